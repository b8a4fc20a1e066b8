package io.stillstream.labeler.reload;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.labeler.model.ModelVersion;
import io.stillstream.labeler.model.TeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelFormat;
import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;

/**
 * The files of a model at one moment: equal as long as they have not been touched.
 *
 * @param path the directory, or the model's file, with all symbolic links to the directory
 *     resolved: a link that is switched meanwhile does not mix one version's description with
 *     another one's weights
 * @param stamps of description and model file
 */
record ModelFiles(Path path, List<FileStamp> stamps) implements ModelVersion {
  private static final List<String> DESCRIPTIONS = List.of("teacher.yaml", "student.yaml");

  ModelFiles {
    stamps = List.copyOf(stamps);
  }

  /**
   * Reads the state of the files.
   *
   * @param path a directory, or a model's file with its description beside it
   * @return empty if a file is missing; a description that cannot be read counts as present, so
   *     that loading it gives the error
   */
  static Optional<ModelFiles> at(Path path) {
    try {
      boolean isDirectory = Files.isDirectory(path);
      Path directory = (isDirectory ? path : path.toAbsolutePath().getParent()).toRealPath();
      Optional<Path> yaml = description(directory);
      if (yaml.isEmpty()) {
        return Optional.empty();
      }
      Path file =
          isDirectory
              ? ModelFormat.file(directory, fileName(yaml.get()))
              : directory.resolve(path.getFileName());
      return Optional.of(
          new ModelFiles(
              isDirectory ? directory : file,
              List.of(FileStamp.of(yaml.get()), FileStamp.of(file))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String location() {
    return path.toString();
  }

  @Override
  public ModelSpec describe() {
    return ModelSpec.load(path, "teacher");
  }

  @Override
  public List<TeacherModel> load(TeacherLoader loader, ModelSpec spec) {
    List<TeacherModel> lanes = loader.load(spec);
    if (!isUnchanged()) {
      lanes.forEach(TeacherModel::close);
      throw new StartupException(path + " changed while it was being loaded");
    }
    return lanes;
  }

  private boolean isUnchanged() {
    try {
      return at(path).equals(Optional.of(this));
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Whether a directory holds a model, rather than versions of one. */
  static boolean isModel(Path directory) {
    return description(directory).isPresent();
  }

  private static Optional<Path> description(Path directory) {
    return DESCRIPTIONS.stream().map(directory::resolve).filter(Files::isRegularFile).findFirst();
  }

  private static Optional<Path> fileName(Path yaml) {
    try {
      JsonNode file = YamlSettings.foreignPart(yaml, "file");
      return file.isTextual() ? Optional.of(Path.of(file.asText())) : Optional.empty();
    } catch (StartupException | InvalidPathException e) {
      return Optional.of(yaml.getFileName());
    }
  }

  /** What changes when a file is written or replaced; {@code key} is its inode. */
  record FileStamp(Path file, long size, FileTime modified, String key) {
    private static FileStamp of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new FileStamp(
          file,
          attributes.size(),
          attributes.lastModifiedTime(),
          String.valueOf(attributes.fileKey()));
    }
  }
}
