/**
 * When a release is due, which release is champion, and the comparison of the student with the best
 * champion so far.
 */
package io.stillstream.trainer.gate;
