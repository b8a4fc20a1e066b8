package io.stillstream.trainer.trace;

import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.schemas.values.PayloadAddress;
import io.stillstream.schemas.values.RecipeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;

/**
 * Traces an image: where it came from, what views were made of it and how, what the teachers
 * answered, which steps used them, and which releases contain them. It reads committed records
 * only, belongs to no group and writes nothing; a running trainer takes no notice. Safe for several
 * threads: each trace has a consumer of its own.
 */
public final class ImageTraceBuilder {
  private static final PngDataUrl IMAGES = new PngDataUrl(512, PixelCodec.MAX_PIXELS);

  /** Views are shown as they are. */
  private static final PngDataUrl VIEWS = new PngDataUrl(Integer.MAX_VALUE, PixelCodec.MAX_PIXELS);

  private final ImageTraceSettings settings;
  private final LongSupplier nanos;
  private final TopClasses top;
  private final AnswerTracer answers;

  public ImageTraceBuilder(ImageTraceSettings settings) {
    this(settings, System::nanoTime);
  }

  /**
   * @param nanos a clock for durations
   */
  ImageTraceBuilder(ImageTraceSettings settings, LongSupplier nanos) {
    this.settings = settings;
    this.nanos = nanos;
    this.top = new TopClasses(settings.classes());
    this.answers = new AnswerTracer(top, VIEWS);
  }

  /**
   * The trace of an image.
   *
   * @return empty if nothing is known of an image of this id
   * @throws KafkaException if brokers or registry do not answer
   */
  public Optional<ImageTrace> trace(String imageId) {
    try (ImageRecordFinder finder = new ImageRecordFinder(settings, nanos)) {
      return trace(imageId, finder);
    } catch (RegistryUnavailableException e) {
      throw new KafkaException("the schema registry does not answer: " + e.getMessage(), e);
    }
  }

  private Optional<ImageTrace> trace(String imageId, ImageRecordFinder finder) {
    NavigableMap<Integer, FoundView> views = views(imageId, finder);
    Optional<RecordCoordinates> origin = views.values().stream().findFirst().map(FoundView::origin);
    if (origin.isEmpty()) {
      origin = finder.image(settings.topics().images(), imageId);
    }
    Set<RecordCoordinates> records = new HashSet<>();
    origin.ifPresent(records::add);
    views.values().forEach(view -> records.add(view.at()));
    DeadLetterLookup letters =
        DeadLetterLookup.find(finder, settings.topics().deadLetters(), imageId, records);
    origin = origin.or(() -> letters.image(settings.topics().images()));
    if (origin.isEmpty() && letters.infos().isEmpty()) {
      return Optional.empty();
    }
    LabelLookup labels = LabelLookup.find(finder, settings, top, imageId);
    TrainingHistory history =
        new TrainingHistory(settings, views.values(), letters::about, labels::isBefore);
    List<ImageTrace.ViewTrace> viewTraces =
        views.values().stream().map(view -> view(view, history)).toList();
    ReleaseLookup lookup = new ReleaseLookup(settings.directory(), settings.topics().source());
    List<ImageTrace.ReleaseInfo> releases = lookup.find(history.trained());
    List<String> notes = new ArrayList<>(finder.notes());
    missing(views).ifPresent(notes::add);
    notes.addAll(history.notes());
    notes.addAll(lookup.notes());
    return Optional.of(
        new ImageTrace(
            imageId,
            settings.task().key(),
            origin.map(at -> raw(at, imageId, finder)).orElse(null),
            labels.infos(),
            viewTraces,
            releases,
            letters.infos(),
            notes));
  }

  /** Views where they are learned from; those that are not there yet, where they were made. */
  private NavigableMap<Integer, FoundView> views(String imageId, ImageRecordFinder finder) {
    String source = settings.topics().source();
    NavigableMap<Integer, FoundView> views = new TreeMap<>(finder.views(source, imageId));
    if (isIncomplete(views) && !source.equals(settings.topics().views())) {
      finder
          .views(settings.topics().views(), imageId)
          .forEach(
              (index, view) -> {
                if (views.isEmpty() || view.origin().equals(first(views).origin())) {
                  views.putIfAbsent(index, view);
                }
              });
    }
    return views;
  }

  private static Optional<String> missing(NavigableMap<Integer, FoundView> views) {
    return views.isEmpty() || !isIncomplete(views)
        ? Optional.empty()
        : Optional.of("%d of %d views were found".formatted(views.size(), first(views).count()));
  }

  private static boolean isIncomplete(NavigableMap<Integer, FoundView> views) {
    return views.isEmpty() || views.size() < first(views).count();
  }

  private static FoundView first(NavigableMap<Integer, FoundView> views) {
    return views.get(views.firstKey());
  }

  private ImageTrace.RawImage raw(RecordCoordinates at, String imageId, ImageRecordFinder finder) {
    ImageEvent event;
    try {
      event = finder.image(at, imageId);
    } catch (RecordNotFoundException e) {
      return new ImageTrace.RawImage(
          at.topic(),
          at.partition(),
          at.offset(),
          null,
          null,
          null,
          null,
          null,
          null,
          e.isExpired(),
          e.getMessage(),
          null);
    }
    return new ImageTrace.RawImage(
        at.topic(),
        at.partition(),
        at.offset(),
        event.getCapturedAt().toEpochMilli(),
        event.getContentType(),
        event.getPayloadUri() == null
            ? Long.valueOf(event.getPayload().remaining())
            : event.getPayloadSize(),
        PayloadAddress.shown(event.getPayloadUri()),
        event.getLabel() == null ? null : top.name(event.getLabel()),
        IMAGES.of(event).orElse(null),
        false,
        null,
        event);
  }

  private ImageTrace.ViewTrace view(FoundView found, TrainingHistory history) {
    TrainingHistory.TrainingOutcome outcome = history.find(found);
    LabeledView labels = found.labels();
    AnswerTracer.TracedAnswer answer =
        labels == null ? AnswerTracer.TracedAnswer.NONE : answers.answer(labels);
    var view = found.view();
    var lineage = view.getLineage();
    return new ImageTrace.ViewTrace(
        found.index(),
        found.at().topic(),
        found.at().partition(),
        found.at().offset(),
        Long.toString(lineage.getSeed()),
        lineage.getPolicyHash(),
        found.index() == 0
            ? "original"
            : String.join("\n", RecipeFormatter.lines(view.getRecipe())),
        mixed(view.getRecipe().getMix()),
        VIEWS.of(view).orElse(null),
        view.getAugmentedAt().toEpochMilli(),
        labels == null ? null : labels.getLabeledAt().toEpochMilli(),
        top.of(view.getLabel()),
        labels == null
            ? List.of()
            : labels.getTeachers().stream().map(ImageTraceBuilder::teacher).toList(),
        answer.logits(),
        answer.logits() == null ? null : top.of(answer.logits()),
        answers.truth(view).orElse(null),
        answer.mask(),
        answer.embedding(),
        outcome.step(),
        outcome.why());
  }

  private static ImageTrace.TeacherInfo teacher(io.stillstream.schemas.Teacher teacher) {
    return new ImageTrace.TeacherInfo(
        teacher.getName(), teacher.getVersion(), teacher.getSha256(), teacher.getWeight());
  }

  private static ImageTrace.MixSource mixed(Mix mix) {
    return mix == null
        ? null
        : new ImageTrace.MixSource(
            mix.getKind(),
            mix.getLambda(),
            mix.getPartnerImageId(),
            mix.getPartnerTopic(),
            mix.getPartnerPartition(),
            mix.getPartnerOffset());
  }
}
