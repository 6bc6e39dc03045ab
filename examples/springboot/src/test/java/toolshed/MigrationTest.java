package toolshed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MigrationTest {
  @Test
  void whatIsWrongAndWhyFitOnALine() {
    var why = new IllegalStateException("ERROR: no such table\n  Position: 13");
    var what = new IllegalStateException("Script V2__notes.sql failed\n-----\nLine : 1\n", why);
    assertEquals(
        "Script V2__notes.sql failed: ERROR: no such table", Migration.inOneLine(what));
  }

  @Test
  void aReasonIsNotToldTwice() {
    var why = new IllegalStateException("it refuses");
    var what = new IllegalStateException("There is no connection: it refuses.", why);
    assertEquals("There is no connection: it refuses.", Migration.inOneLine(what));
  }
}
