/** The trainer compared with PyTorch in throughput and accuracy; its memory. */
package io.stillstream.bench.trainer;
