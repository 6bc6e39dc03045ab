package toolshed;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;

/** A tool, and who has it at the moment if its owner has not. */
@Entity
public class Tool {
  @Id
  @GeneratedValue(strategy = GenerationType.IDENTITY)
  private Long id;

  private String name;
  private String owner;
  private String borrower;

  protected Tool() {}

  public Tool(String name, String owner) {
    this.name = name;
    this.owner = owner;
  }

  public Long getId() {
    return id;
  }

  public String getName() {
    return name;
  }

  public String getOwner() {
    return owner;
  }

  public String getBorrower() {
    return borrower;
  }

  public void lendTo(String neighbour) {
    borrower = neighbour;
  }

  public void takeBack() {
    borrower = null;
  }
}
