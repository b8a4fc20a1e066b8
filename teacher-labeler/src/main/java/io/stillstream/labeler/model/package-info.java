/**
 * A teacher model as the rest of the labeler sees it: the interface that backends such as {@code
 * torch} implement, and the buffers and resizing that they share. Depends on no tensor library.
 */
package io.stillstream.labeler.model;
