package toolshed;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Tools extends JpaRepository<Tool, Long> {
  List<Tool> findTop50ByOrderByIdDesc();

  @Query(value = "SELECT 1", nativeQuery = true)
  int ping();
}
