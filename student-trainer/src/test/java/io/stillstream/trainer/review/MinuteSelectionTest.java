package io.stillstream.trainer.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MinuteSelectionTest {
  private final MinuteSelection selection = new MinuteSelection(2, 7);

  @Test
  void shouldKeepTheHighestAndOfEqualOnesTheFirst() {
    // when
    selection.add(request("a", 0.5));
    selection.add(request("b", 0.7));
    selection.add(request("c", 0.5));
    selection.add(request("d", 0.9));
    selection.add(request("e", 0.7));

    // then
    assertThat(images(selection.best())).containsExactly("d", "b");
    assertThat(selection.admits(0.7)).isFalse();
    assertThat(selection.admits(0.71)).isTrue();
    assertThat(selection.contains("b")).isTrue();
    assertThat(selection.contains("a")).isFalse();
  }

  @Test
  void shouldBeginEachMinuteAnew() {
    // given
    selection.add(request("a", 0.5));

    // when
    List<ReviewRequest> selected = selection.next(9);

    // then
    assertThat(images(selected)).containsExactly("a");
    assertThat(selection.best()).isEmpty();
    assertThat(selection.minute()).isEqualTo(9);
  }

  @Test
  void shouldSelectNothingWhereNothingIsAllowed() {
    // given
    MinuteSelection none = new MinuteSelection(0, 0);

    // when
    none.add(request("a", 1));

    // then
    assertThat(none.best()).isEmpty();
    assertThat(none.admits(1)).isFalse();
  }

  private static List<String> images(List<ReviewRequest> requests) {
    return requests.stream().map(ReviewRequest::getImageId).toList();
  }

  private static ReviewRequest request(String imageId, double priority) {
    return ReviewRequest.newBuilder()
        .setImageId(imageId)
        .setStudent("cnn")
        .setStep(1)
        .setReason(ReviewReason.DISAGREEMENT)
        .setPriority(priority)
        .setTeacherTop(List.of())
        .setStudentTop(List.of())
        .setCapturedAt(Instant.EPOCH)
        .setRequestedAt(Instant.EPOCH)
        .build();
  }
}
