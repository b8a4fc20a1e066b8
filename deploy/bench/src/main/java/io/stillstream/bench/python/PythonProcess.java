package io.stillstream.bench.python;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.runtime.config.StartupException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A long-lived Python program that answers one line of JSON with one line of JSON. What it prints
 * to its standard error goes to ours.
 */
public final class PythonProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  private PythonProcess(Process process) {
    this.process = process;
    requests = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts it.
   *
   * @param python the interpreter
   * @param program resource beside this class
   * @param directory where the program is written
   * @param environment added to ours
   * @throws StartupException if it does not come up
   */
  public static PythonProcess start(
      String python, String program, Path directory, Map<String, String> environment) {
    try (InputStream source = PythonProcess.class.getResourceAsStream(program)) {
      Path file = directory.resolve(program);
      Files.write(file, Objects.requireNonNull(source, program).readAllBytes());
      ProcessBuilder builder = new ProcessBuilder(python, file.toString());
      builder.environment().putAll(environment);
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      return new PythonProcess(builder.start());
    } catch (IOException e) {
      throw new StartupException(python + " cannot be started: " + e.getMessage(), e);
    }
  }

  /** Writes a file for the program to read: the parts one after the other. */
  public static Path write(Path file, List<byte[]> parts) {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (byte[] part : parts) {
        out.write(part);
      }
      return file;
    } catch (IOException e) {
      throw new StartupException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Its answer.
   *
   * @throws StartupException if it has ended, or answers with an error
   */
  public JsonNode ask(Map<String, ?> request) {
    try {
      requests.write(JSON.writeValueAsString(request));
      requests.newLine();
      requests.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new StartupException("the Python process has ended; what it said is above");
      }
      JsonNode answer = JSON.readTree(line);
      if (answer.has("error")) {
        throw new StartupException("the Python process failed: " + answer.path("error").asText());
      }
      return answer;
    } catch (IOException e) {
      throw new StartupException("the Python process does not answer: " + e.getMessage(), e);
    }
  }

  /** Ends the process: its input ends, and it with it. */
  @Override
  public void close() {
    try {
      requests.close();
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      answers.close();
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
