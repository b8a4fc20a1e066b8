/** Students that leave the trainer: files first, then the news of them. */
package io.stillstream.trainer.release;
