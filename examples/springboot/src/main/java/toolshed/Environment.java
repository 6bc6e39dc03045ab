package toolshed;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables of this process, with their secrets masked. */
final class Environment {
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "SECRET|PASSWORD|TOKEN|CREDENTIAL|(^|[_.-]|access)KEY$", Pattern.CASE_INSENSITIVE);
  private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?<=:)[^:/@\\s]+(?=@)");
  private static final String DOTS = "••••";

  record Variable(String name, String value) {}

  private Environment() {}

  static List<Variable> all() {
    Map<String, String> sorted = new TreeMap<>(System.getenv());
    return sorted.entrySet().stream()
        .map(one -> new Variable(one.getKey(), mask(one.getKey(), one.getValue())))
        .toList();
  }

  /**
   * Replaces a secret by dots and four hexadecimal digits of its digest.
   *
   * <p>The digits tell a rotated key from the old one. They are too few to confirm a guess.
   */
  static String mask(String name, String value) {
    if (SECRET_NAME.matcher(name).find()) {
      return dots(value);
    }
    return PASSWORD_IN_URL
        .matcher(value)
        .replaceAll(found -> Matcher.quoteReplacement(dots(found.group())));
  }

  private static String dots(String secret) {
    if (secret.isEmpty()) {
      return "";
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return DOTS + HexFormat.of().formatHex(digest, 0, 2);
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }
}
