package toolshed;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Applies the SQL files of db/migration that the database has not seen yet.
 *
 * <p>Each unit of the application does this at the same time; Flyway takes a lock, so the first
 * works and the others wait. Nothing of Spring is started, which would take seconds and connections.
 */
final class Migration {
  private Migration() {}

  static void main() {
    String url = System.getenv("spring.datasource.url");
    if (url == null) {
      fail("spring.datasource.url is not set");
    }
    try {
      var done =
          Flyway.configure()
              .dataSource(
                  url,
                  System.getenv("spring.datasource.username"),
                  System.getenv("spring.datasource.password"))
              .load()
              .migrate();
      System.out.printf("%d new; the schema is up to date%n", done.migrationsExecuted);
    } catch (FlywayException error) {
      System.err.println(error.getMessage());
      fail(inOneLine(error));
    }
  }

  /** The charm shows the last line in the unit's status, which has little room. */
  static String inOneLine(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String what = firstLine(error);
    String why = firstLine(cause);
    return what.contains(why) ? what : what + ": " + why;
  }

  private static String firstLine(Throwable error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }

  private static void fail(String reason) {
    System.err.println(reason);
    System.exit(1);
  }
}
