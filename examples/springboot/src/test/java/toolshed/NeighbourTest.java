package toolshed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NeighbourTest {
  @Test
  void aNeighbourIsRememberedByAllWhoHaveTheKey() {
    assertEquals("Ada Ł.", new Neighbour("key").read(new Neighbour("key").signed("Ada Ł.")));
  }

  @Test
  void whatAnotherKeySignedIsForgotten() {
    assertEquals("", new Neighbour("new").read(new Neighbour("old").signed("Ada")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "QWRh", "QWRh.QWRh", "%%.", "a.b.c"})
  void whatNobodySignedIsNotBelieved(String cookie) {
    assertEquals("", new Neighbour("key").read(cookie));
  }
}
