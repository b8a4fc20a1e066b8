package io.stillstream.local.ingest;

/** In which order images are sent. */
public enum IngestOrder {
  /** That of the sorted paths, or of the file. */
  PATH,
  /** Mixed, and the same at every start while the images are the same. */
  SHUFFLED
}
