/** TorchScript archives: the files of modules, and the source code in them. */
package io.stillstream.trainer.torch.script;
