/**
 * The operations that a policy can name: how their settings are read, how values are drawn, and
 * which recipe steps result. Works without pixels; random numbers are handed in.
 */
package io.stillstream.augmenter.operation;
