package io.stillstream.local.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The commands of {@code deploy/examples/python/README.md}, in its order. */
final class ExampleCommands {
  private static final String INDENT = "    ";

  /** {@link PythonExamplesTest} compares it with what tests need. */
  static final String DEBIAN =
      "apt-get install python3-avro python3-confluent-kafka python3-opencv python3-torch python3-yaml";

  /** What {@code deploy/containers/python-examples/install} does. */
  static final String PYPI = "pip install -r deploy/examples/python/requirements.txt";

  /** {@link PythonExamplesIT} runs what it starts, with quicker models. */
  static final String DEMO = "bash deploy/stillstream demo";

  static final String PRODUCE = "python3 deploy/examples/python/produce_images.py photos";
  static final String READ = "python3 deploy/examples/python/labeled_views.py 1000";
  static final String SERVE = "python3 deploy/examples/python/serve_release.py cnn";
  static final String PREDICT = "curl --data-binary @photos/0.png http://127.0.0.1:8000/predict";
  static final String FOLLOW = "python3 deploy/examples/python/follow_releases.py cnn";
  static final String LABEL = "python3 deploy/examples/python/send_labels.py labels.csv";

  private ExampleCommands() {}

  /** The lines of the README. */
  static List<String> readme() throws IOException {
    return Files.readAllLines(PythonPrograms.DIRECTORY.resolve("README.md"));
  }

  /** What the README shows below a command. */
  static List<String> output(String command) throws IOException {
    return readme().stream()
        .dropWhile(line -> !line.strip().equals(command))
        .skip(1)
        .takeWhile(line -> line.startsWith(INDENT))
        .map(String::strip)
        .toList();
  }
}
