/**
 * Records of labelled views and late labels read, validated and converted; changes of teacher and
 * lineage are noticed here.
 */
package io.stillstream.trainer.input;
