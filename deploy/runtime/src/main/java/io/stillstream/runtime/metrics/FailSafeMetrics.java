package io.stillstream.runtime.metrics;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps failures of metric code away from the records that are measured: what a metrics interface
 * throws is logged, once for each method, and goes no further.
 */
public final class FailSafeMetrics implements InvocationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailSafeMetrics.class);

  private final Object metrics;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  private FailSafeMetrics(Object metrics) {
    this.metrics = metrics;
  }

  /**
   * The same metrics, with methods that never throw.
   *
   * @param type an interface that has no methods with results
   */
  public static <T> T of(Class<T> type, T metrics) {
    for (Method method : type.getMethods()) {
      if (method.getReturnType() != void.class) {
        throw new IllegalArgumentException(method + " has a result");
      }
    }
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, new FailSafeMetrics(metrics)));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return method.invoke(metrics, args);
    }
    try {
      method.setAccessible(true); // a service keeps its interface to itself
      method.invoke(metrics, args);
    } catch (InvocationTargetException e) {
      if (known.add(method.getName())) {
        LOG.atError()
            .setCause(e.getCause())
            .addKeyValue("metric", method.getName())
            .log("something is not measured");
      }
    }
    return null;
  }
}
