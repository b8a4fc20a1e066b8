/** Follows the students' progress reports, from which the adaptive label budget is computed. */
package io.stillstream.labeler.progress;
