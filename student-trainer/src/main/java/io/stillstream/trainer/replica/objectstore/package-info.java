/**
 * An object store with compare-and-set, and its implementation for S3. The only package that uses
 * AWS's client.
 */
package io.stillstream.trainer.replica.objectstore;
