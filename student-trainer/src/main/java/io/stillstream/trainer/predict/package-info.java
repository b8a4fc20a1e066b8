/** Answers about single images, with the champion's own copy of the model and on its own thread. */
package io.stillstream.trainer.predict;
