package io.stillstream.local.option;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/**
 * The option that asks for JSON. With it, stdout has JSON and nothing else: documents of one line
 * each. Messages and progress go to stderr, as they do without it.
 */
public final class JsonOption {
  private static final JsonMapper JSON = new JsonMapper();

  @Option(names = "--json", description = "Print JSON, one document in each line.")
  private boolean json;

  /** Whether it is there. */
  public boolean isGiven() {
    return json;
  }

  /**
   * Prints a document in a line.
   *
   * @param document a record, a map or a tree of JSON; numbers, texts and lists of them
   */
  public static void print(PrintWriter out, Object document) {
    try {
      out.println(JSON.writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts are always JSON", e);
    }
    out.flush();
  }
}
