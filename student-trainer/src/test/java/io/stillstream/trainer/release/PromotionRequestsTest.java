package io.stillstream.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stillstream.trainer.release.PromotionRequests.NotTakenException;
import io.stillstream.trainer.release.PromotionRequests.Promotion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class PromotionRequestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofMinutes(10);
  private final List<Long> served = new ArrayList<>();

  @Test
  void shouldAnswerWhenTheLoopHasMadeIt() {
    // given
    PromotionRequests requests = new PromotionRequests(LONG);
    CompletableFuture<Promotion> asked = ask(requests, 3);

    // when
    await().atMost(PATIENCE).until(() -> requests.serve(this::promote));

    // then
    assertThat(asked.join()).isEqualTo(new Promotion(3, 1));
    assertThat(requests.serve(this::promote)).isFalse();
    assertThat(served).containsExactly(3L);
  }

  @Test
  void shouldMakeThemOneAfterTheOther() {
    // given
    PromotionRequests requests = new PromotionRequests(LONG);
    List<CompletableFuture<Promotion>> asked = List.of(ask(requests, 3), ask(requests, 4));

    // when
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              boolean unused = requests.serve(this::promote);
              return asked.stream().allMatch(CompletableFuture::isDone);
            });

    // then
    assertThat(served).containsExactlyInAnyOrder(3L, 4L);
    assertThat(asked.get(0).join().version()).isEqualTo(3);
    assertThat(asked.get(1).join().version()).isEqualTo(4);
  }

  @Test
  void shouldWithdrawWhatTheLoopDoesNotComeTo() {
    // given
    PromotionRequests requests = new PromotionRequests(Duration.ofMillis(1));

    // when
    assertThatThrownBy(() -> requests.request(OptionalLong.of(3)))
        // then
        .isInstanceOf(NotTakenException.class)
        .hasMessageContaining("nothing has changed");
    assertThat(requests.serve(this::promote)).isFalse();
    assertThat(served).isEmpty();
  }

  @Test
  void shouldSayThatAPromotionHasBegunAndTakesLong() {
    // given
    PromotionRequests requests = new PromotionRequests(Duration.ofMillis(100));
    CountDownLatch held = new CountDownLatch(1);
    CompletableFuture<Void> loop = CompletableFuture.runAsync(() -> serveSlowly(requests, held));

    // when
    Throwable failure = null;
    while (!(failure instanceof TimeoutException)) {
      // On a slow machine the loop comes too late.
      failure = ask(requests, 3).handle((made, e) -> e.getCause()).join();
      assertThat(failure).isInstanceOfAny(NotTakenException.class, TimeoutException.class);
    }

    // then
    held.countDown();
    loop.join();
    assertThat(served).containsExactly(3L);
  }

  private void serveSlowly(PromotionRequests requests, CountDownLatch held) {
    boolean any = false;
    while (!any) {
      any =
          requests.serve(
              version -> {
                try {
                  held.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                return promote(version);
              });
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldRefuseMoreThanAFew() {
    // given
    PromotionRequests requests = new PromotionRequests(LONG);
    List<CompletableFuture<Promotion>> asked = new ArrayList<>();

    // when
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              asked.add(ask(requests, asked.size() + 1));
              return asked.stream().anyMatch(CompletableFuture::isCompletedExceptionally);
            });

    // then
    CompletableFuture<Promotion> refused =
        asked.stream()
            .filter(CompletableFuture::isCompletedExceptionally)
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(refused::join)
        .hasRootCauseMessage("4 promotions wait already, nothing has changed");
    assertThat(requests.serve(this::promote)).isTrue();
  }

  @Test
  void shouldTellWhyItIsImpossible() {
    // given
    PromotionRequests requests = new PromotionRequests(LONG);
    CompletableFuture<Promotion> asked = ask(requests, 3);

    // when
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                requests.serve(
                    version -> {
                      throw new ReleaseException("it is damaged");
                    }));

    // then
    assertThatThrownBy(asked::join)
        .hasRootCauseInstanceOf(ReleaseException.class)
        .hasRootCauseMessage("it is damaged");
  }

  @Test
  void shouldEndTheLoopOfATrainerThatWasTakenOver() {
    // given
    PromotionRequests requests = new PromotionRequests(LONG);
    CompletableFuture<Promotion> asked = ask(requests, 3);

    // when
    assertThatThrownBy(
            () -> {
              while (!asked.isDone()) {
                boolean unused =
                    requests.serve(
                        version -> {
                          throw new IllegalStateException("another trainer took over");
                        });
              }
            })
        // then
        .hasMessage("another trainer took over");
    assertThatThrownBy(asked::join).hasStackTraceContaining("another trainer took over");
  }

  private Promotion promote(OptionalLong version) {
    served.add(version.orElseThrow());
    return new Promotion(version.orElseThrow(), 1);
  }

  private static CompletableFuture<Promotion> ask(PromotionRequests requests, long version) {
    CompletableFuture<Promotion> answer = new CompletableFuture<>();
    Thread asking =
        new Thread(
            () -> {
              try {
                answer.complete(requests.request(OptionalLong.of(version)));
              } catch (Exception e) {
                answer.completeExceptionally(new CompletionException(e));
              }
            });
    asking.setDaemon(true);
    asking.start();
    return answer;
  }
}
