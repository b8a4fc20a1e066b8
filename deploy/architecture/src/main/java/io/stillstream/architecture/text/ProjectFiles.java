package io.stillstream.architecture.text;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the project, whatever module's directory a test runs in. */
public final class ProjectFiles {
  private static final Set<String> NOT_OURS = Set.of("target", "node_modules");
  private static final Set<String> HIDDEN_BUT_OURS = Set.of(".github", ".ci");

  private ProjectFiles() {}

  /**
   * The directory that the modules are in, absolute.
   *
   * @throws IllegalStateException if the working directory is not in the project
   */
  public static Path root() {
    Path start = Path.of("").toAbsolutePath();
    Path found = start;
    while (!Files.exists(found.resolve("deploy/architecture/pom.xml"))) {
      found = found.getParent();
      if (found == null) {
        throw new IllegalStateException(start + " is not in the project");
      }
    }
    return found;
  }

  /** The path of a file of the project, relative to {@link #root()}. */
  public static String name(Path file) {
    return root().relativize(file).toString();
  }

  /** All Markdown files, in the order of their paths. */
  public static List<MarkdownText> markdown() throws IOException {
    List<MarkdownText> texts = new ArrayList<>();
    for (Path file : withSuffix(".md")) {
      texts.add(MarkdownText.read(file));
    }
    return texts;
  }

  /** All files whose names end so, without what builds and package managers have made. */
  public static List<Path> withSuffix(String suffix) throws IOException {
    Path root = root();
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes unused) {
            return directory.equals(root) || isOurs(directory)
                ? FileVisitResult.CONTINUE
                : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused) {
            if (file.toString().endsWith(suffix)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }

  private static boolean isOurs(Path directory) {
    String name = directory.getFileName().toString();
    boolean hidden = name.startsWith(".") && !HIDDEN_BUT_OURS.contains(name);
    // Another clone within this one.
    return !hidden && !NOT_OURS.contains(name) && !Files.exists(directory.resolve(".git"));
  }
}
