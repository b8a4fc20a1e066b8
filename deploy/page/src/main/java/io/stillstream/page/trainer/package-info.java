/** The client of the trainer's HTTP answers, and the values that they hold. */
package io.stillstream.page.trainer;
