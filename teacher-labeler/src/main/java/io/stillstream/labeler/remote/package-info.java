/**
 * Teachers that a server computes, by the Open Inference Protocol, version 2, over gRPC: Triton,
 * KServe, MLServer. The only package that uses gRPC.
 */
package io.stillstream.labeler.remote;
