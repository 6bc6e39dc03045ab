package toolshed;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A name that the browser remembers, signed with the key that all units have. */
final class Neighbour {
  static final String COOKIE = "neighbour";

  private final byte[] key;

  Neighbour(String secretKey) {
    // A key must not be empty. Without a charm there is none, and nothing to protect.
    key = (secretKey.isEmpty() ? "none" : secretKey).getBytes(StandardCharsets.UTF_8);
  }

  String signed(String name) {
    String text = encoded(name.getBytes(StandardCharsets.UTF_8));
    return text + "." + encoded(signature(text));
  }

  /** Returns the name, empty if it was signed with another key. */
  String read(String cookie) {
    String[] parts = cookie.split("\\.", -1);
    if (parts.length != 2) {
      return "";
    }
    try {
      byte[] given = Base64.getUrlDecoder().decode(parts[1]);
      if (MessageDigest.isEqual(given, signature(parts[0]))) {
        return new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException notBase64) {
      // Nor is it ours, then.
    }
    return "";
  }

  private byte[] signature(String text) {
    try {
      Mac made = Mac.getInstance("HmacSHA256");
      made.init(new SecretKeySpec(key, "HmacSHA256"));
      return made.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  private static String encoded(byte[] data) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(data);
  }
}
