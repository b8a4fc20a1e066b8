/**
 * Erases an image: which topics hold it, tombstones and requests to trainers, and their
 * confirmations. Depends on no service.
 */
package io.stillstream.local.erasure;
