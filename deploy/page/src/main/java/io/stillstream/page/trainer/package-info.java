/**
 * What the page asks of the trainer: interfaces that the trainer implements, and the values that
 * they return. Depends on nothing else.
 */
package io.stillstream.page.trainer;
