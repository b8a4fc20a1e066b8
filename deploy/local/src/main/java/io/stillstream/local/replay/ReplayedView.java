package io.stillstream.local.replay;

import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.schemas.ImageEvent;
import java.util.Optional;

/**
 * A view that was made again, as far as it went.
 *
 * @param view as recorded
 * @param image it was made of, if that was found
 * @param partner what was mixed in, if anything was and was found
 * @param replayed pixels and mask, made again
 * @param outcome what came of it
 */
public record ReplayedView(
    RecordedView view,
    Optional<ImageEvent> image,
    Optional<ImageEvent> partner,
    Optional<RenderedPixels> replayed,
    ViewReplayOutcome outcome) {}
