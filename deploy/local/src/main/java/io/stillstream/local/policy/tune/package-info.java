/**
 * Searches strengths of a policy's operations at which a teacher keeps its answer. Depends on no
 * broker but to read the sample.
 */
package io.stillstream.local.policy.tune;
