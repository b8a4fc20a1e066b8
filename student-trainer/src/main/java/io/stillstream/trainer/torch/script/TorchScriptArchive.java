package io.stillstream.trainer.torch.script;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The source code inside a TorchScript archive, and what it says of each class's parameters and
 * buffers.
 *
 * <p>libtorch's Java binding hands out parameters but no buffers, and the running statistics of
 * batch norm are buffers. {@link #withBuffersAsParameters} therefore declares buffers as
 * parameters, as two lists at the head of every class; their tensors keep {@code
 * requires_grad=False}, which distinguishes them. {@link #restore} declares them as they were. The
 * code that runs is not touched.
 */
public final class TorchScriptArchive {
  private static final Pattern CLASS =
      Pattern.compile(
          "(?m)^class (\\w+)\\(Module\\):\\n"
              + "  __parameters__ = \\[([^\\]]*)\\]\\n  __buffers__ = \\[([^\\]]*)\\]\\n");

  /** Layers that always declare constants when scripted, and never when traced. */
  private static final Pattern TELLING =
      Pattern.compile("code/__torch__/torch/nn/modules/(linear|conv|batchnorm|dropout)[./].*");

  /** Where the code was in Python files: of no use once it is changed. */
  private static final String POSITIONS = ".debug_pkl";

  /** Tensors start at multiples of this, so that readers may map the file. */
  private static final int ALIGNMENT = 64;

  /** Java takes the very first day for a time before all, and adds a field that shifts the rest. */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 2, 0, 0);

  private final Map<String, byte[]> entries;

  private TorchScriptArchive(Map<String, byte[]> entries) {
    this.entries = entries;
  }

  /**
   * @throws IllegalArgumentException if it is none, with the reason
   */
  public static TorchScriptArchive parse(byte[] archive) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try {
      // libtorch writes sizes behind the entries, where only a reader of files looks for them.
      Path file = Files.createTempFile("student", ".pt");
      try {
        Files.write(file, archive);
        try (ZipFile zip = new ZipFile(file.toFile())) {
          for (ZipEntry entry : Collections.list(zip.entries())) {
            try (InputStream in = zip.getInputStream(entry)) {
              entries.put(entry.getName(), in.readAllBytes());
            }
          }
        }
      } finally {
        Files.delete(file);
      }
    } catch (ZipException e) {
      throw new IllegalArgumentException("not a TorchScript archive: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack a TorchScript archive", e);
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("not a TorchScript archive");
    }
    if (entries.keySet().stream().noneMatch(name -> inside(name).startsWith("code/"))) {
      throw new IllegalArgumentException(
          "a file of torch.save, without code: save torch.jit.script(model) instead");
    }
    return new TorchScriptArchive(entries);
  }

  /** Whether layers are in it that went through {@code torch.jit.trace}. */
  public boolean isTraced() {
    return entries.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(".py"))
        .filter(entry -> TELLING.matcher(inside(entry.getKey())).matches())
        .anyMatch(entry -> !new String(entry.getValue(), UTF_8).contains("Final["));
  }

  /**
   * The same module, with its convolutions and matrix products in bfloat16; see {@link Autocast}.
   *
   * @throws IllegalArgumentException if it has none
   */
  public TorchScriptArchive withAutocast() {
    Map<String, byte[]> code = new LinkedHashMap<>();
    boolean changed = false;
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      String name = entry.getKey();
      byte[] bytes = entry.getValue();
      if (name.endsWith(".py")) {
        String source = new String(bytes, UTF_8);
        String rewritten = Autocast.rewrite(source);
        changed |= !rewritten.equals(source);
        code.put(name, rewritten.getBytes(UTF_8));
      } else if (!name.endsWith(POSITIONS)) {
        code.put(name, bytes);
      }
    }
    if (!changed) {
      throw new IllegalArgumentException(
          "precision: bfloat16 has no effect on it: it has none of the operators "
              + String.join(", ", Autocast.OPERATORS.keySet()));
    }
    String top = entries.keySet().iterator().next();
    code.put(
        top.substring(0, top.indexOf('/') + 1) + Autocast.FILE, Autocast.SOURCE.getBytes(UTF_8));
    return new TorchScriptArchive(code);
  }

  public byte[] withBuffersAsParameters() {
    return rewritten(
        (key, lists) -> new DeclaredNames(lists.parameters() + lists.buffers(), ""), entries);
  }

  /**
   * Gives another archive of the same module, written by libtorch, the declarations of this one.
   *
   * @throws IllegalStateException if it holds a class that this one does not have
   */
  public byte[] restore(byte[] other) {
    Map<String, DeclaredNames> original = new HashMap<>();
    rewritten(
        (key, lists) -> {
          original.put(key, lists);
          return lists;
        },
        entries);
    return rewritten(
        (key, lists) -> {
          DeclaredNames known = original.get(key);
          if (known == null) {
            throw new IllegalStateException("libtorch wrote an unknown class " + key);
          }
          return known;
        },
        parse(other).entries);
  }

  private static byte[] rewritten(
      BiFunction<String, DeclaredNames, DeclaredNames> rewriting, Map<String, byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        byte[] bytes = entry.getValue();
        if (entry.getKey().endsWith(".py")) {
          bytes = rewrite(inside(entry.getKey()), new String(bytes, UTF_8), rewriting);
        }
        zip.flush();
        zip.putNextEntry(stored(entry.getKey(), bytes, out.size()));
        zip.write(bytes);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException("a stream in memory", e);
    }
    return out.toByteArray();
  }

  private static byte[] rewrite(
      String file, String code, BiFunction<String, DeclaredNames, DeclaredNames> rewriting) {
    return CLASS
        .matcher(code)
        .replaceAll(
            found -> {
              DeclaredNames lists =
                  rewriting.apply(
                      file + "#" + found.group(1),
                      new DeclaredNames(found.group(2), found.group(3)));
              return Matcher.quoteReplacement(
                  "class "
                      + found.group(1)
                      + "(Module):\n  __parameters__ = ["
                      + lists.parameters()
                      + "]\n  __buffers__ = ["
                      + lists.buffers()
                      + "]\n");
            })
        .getBytes(UTF_8);
  }

  private static ZipEntry stored(String name, byte[] bytes, int position) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EPOCH);
    // Local header, name, and an extra field "FB" as PyTorch's own writer pads with.
    int start = position + 30 + name.getBytes(UTF_8).length + 4;
    int padding = Math.floorMod(-start, ALIGNMENT);
    byte[] extra = new byte[4 + padding];
    extra[0] = 'F';
    extra[1] = 'B';
    extra[2] = (byte) padding;
    entry.setExtra(extra);
    return entry;
  }

  /** The name without the archive's own top directory, which every writer names differently. */
  private static String inside(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private record DeclaredNames(String parameters, String buffers) {}
}
