package io.stillstream.trainer.torch.script;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mixed precision as {@code torch.autocast} does it (Micikevicius et al. 2018), in the source code
 * of a TorchScript archive: the operands of convolutions and matrix products are cast from float32
 * to bfloat16, and their results back. All other operators, and all parameters, stay float32; so do
 * the gradients of parameters, since autograd casts them back. Operands of other types are left
 * alone.
 *
 * <p>It differs from {@code torch.autocast} in that results are cast back at once. An operator that
 * is not named here, such as {@code einsum} or {@code lstm}, runs in float32.
 */
final class Autocast {
  /** Operators by name, with what each of their first operands is: a tensor, or perhaps none. */
  static final Map<String, List<Operand>> OPERATORS =
      Collections.unmodifiableMap(new TreeMap<>(operators()));

  /** Where the functions are that the code calls; in the top directory. */
  static final String FILE = "code/__torch__/stillstream/autocast.py";

  private static final String MODULE = "__torch__.stillstream.autocast.";

  /** The functions; 6 is PyTorch's number of float32, 15 that of bfloat16. */
  static final String SOURCE =
      """
      def reduced(x: Tensor) -> Tensor:
        if torch.eq(ops.prim.dtype(x), 6):
          _0 = torch.to(x, 15)
        else:
          _0 = x
        return _0
      def reduced_optional(x: Optional[Tensor]) -> Optional[Tensor]:
        if torch.__is__(x, None):
          _1 : Optional[Tensor] = None
        else:
          x0 = unchecked_cast(Tensor, x)
          _1 = __torch__.stillstream.autocast.reduced(x0, )
        return _1
      def full(x: Tensor) -> Tensor:
        if torch.eq(ops.prim.dtype(x), 15):
          _2 = torch.to(x, 6)
        else:
          _2 = x
        return _2
      """;

  /** A call of an operator, and no part of a longer name. */
  private static final Pattern CALL = Pattern.compile("(?<![\\w.])torch\\.(\\w+)\\(");

  private static final Pattern KEYWORD = Pattern.compile("\\s*\\w+=(?!=).*", Pattern.DOTALL);

  private Autocast() {}

  /** What an operator takes. */
  enum Operand {
    TENSOR("reduced"),
    OPTIONAL("reduced_optional");

    private final String cast;

    Operand(String cast) {
      this.cast = cast;
    }

    private String cast(String argument) {
      return MODULE + cast + "(" + argument.strip() + ", )";
    }
  }

  private static Map<String, List<Operand>> operators() {
    List<Operand> two = List.of(Operand.TENSOR, Operand.TENSOR);
    List<Operand> three = List.of(Operand.TENSOR, Operand.TENSOR, Operand.TENSOR);
    List<Operand> biased = List.of(Operand.TENSOR, Operand.TENSOR, Operand.OPTIONAL);
    return Map.ofEntries(
        entry("conv1d", biased),
        entry("conv2d", biased),
        entry("conv3d", biased),
        entry("conv_transpose1d", biased),
        entry("conv_transpose2d", biased),
        entry("conv_transpose3d", biased),
        entry("linear", biased),
        entry("matmul", two),
        entry("mm", two),
        entry("bmm", two),
        entry("addmm", three),
        entry("addbmm", three),
        entry("baddbmm", three),
        entry(
            "scaled_dot_product_attention",
            List.of(Operand.TENSOR, Operand.TENSOR, Operand.TENSOR, Operand.OPTIONAL)));
  }

  /**
   * Rewrites the code of one file.
   *
   * @throws IllegalArgumentException if its parentheses do not match
   */
  static String rewrite(String code) {
    Matcher call = CALL.matcher(code);
    StringBuilder result = new StringBuilder();
    int done = 0;
    while (call.find(done)) {
      List<Operand> operands = OPERATORS.get(call.group(1));
      if (operands == null || isInString(code, call.start())) {
        result.append(code, done, call.end());
        done = call.end();
        continue;
      }
      List<String> arguments = new ArrayList<>();
      int end = split(code, call.end(), arguments);
      result.append(code, done, call.start()).append(MODULE).append("full(").append(call.group());
      for (int i = 0; i < arguments.size(); i++) {
        String argument = rewrite(arguments.get(i));
        boolean casts =
            i < operands.size()
                && !argument.isBlank()
                && !argument.strip().equals("None")
                && !KEYWORD.matcher(argument).matches();
        result
            .append(i == 0 ? "" : ", ")
            .append(casts ? operands.get(i).cast(argument) : argument.strip());
      }
      result.append("), )");
      done = end;
    }
    return result.append(code, done, code.length()).toString();
  }

  /** Splits the arguments from a position on; the result is the position behind their end. */
  private static int split(String code, int from, List<String> arguments) {
    int depth = 0;
    int start = from;
    for (int i = from; i < code.length(); i++) {
      char c = code.charAt(i);
      if (c == '"' || c == '\'') {
        i = endOfString(code, i);
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ',' && depth == 0) {
        arguments.add(code.substring(start, i));
        start = i + 1;
      } else if (c == ')' || c == ']' || c == '}') {
        if (depth-- == 0) {
          arguments.add(code.substring(start, i));
          return i + 1;
        }
      }
    }
    throw new IllegalArgumentException("a call in its code has no end: " + code.substring(from));
  }

  /** The position of the closing quote. */
  private static int endOfString(String code, int from) {
    int i = from + 1;
    while (i < code.length() && code.charAt(i) != code.charAt(from)) {
      i += code.charAt(i) == '\\' ? 2 : 1;
    }
    return i;
  }

  /** Whether a position is in a string of its line. */
  private static boolean isInString(String code, int position) {
    int i = code.lastIndexOf('\n', position) + 1;
    while (i < position) {
      char c = code.charAt(i);
      i = (c == '"' || c == '\'' ? endOfString(code, i) : i) + 1;
    }
    return i > position;
  }
}
