/**
 * Records of labelled views read, validated and converted to training examples; changes of teacher
 * and lineage are noticed here.
 */
package io.stillstream.trainer.input;
