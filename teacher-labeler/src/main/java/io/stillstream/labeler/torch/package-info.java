/** TorchScript teachers on the CPU and on GPUs. The only package that uses DJL. */
package io.stillstream.labeler.torch;
