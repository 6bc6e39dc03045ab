package toolshed;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * Tools that neighbours lend to each other.
 *
 * <p>"/" shows the shed, "/env" the environment that the program was given, and "/health" whether
 * the database answers. With the argument "migrate" it brings the database's schema up to date
 * instead.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ToolShed {
  public static void main(String[] arguments) {
    if (arguments.length == 1 && arguments[0].equals("migrate")) {
      Migration.main();
    } else {
      SpringApplication.run(ToolShed.class, arguments);
    }
  }
}
