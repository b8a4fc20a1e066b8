/**
 * Real servers of the Open Inference Protocol, as processes of a test: MLServer and Triton, with a
 * model of which the test knows every answer.
 */
package io.stillstream.containers.inference;
