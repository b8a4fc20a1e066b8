/**
 * Searches strengths of a policy's operations at which a teacher keeps enough of its answer. Uses a
 * broker only to read the sample.
 */
package io.stillstream.local.policy.tune;
