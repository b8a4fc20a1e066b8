/**
 * The student in libtorch: module, moving average, optimisers and snapshots. Only this package and
 * those below use DJL; only {@code Libtorch} uses its native interface.
 */
package io.stillstream.trainer.torch;
