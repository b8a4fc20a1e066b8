/** The manifest in the object store: what belongs to a student, and which trainer owns it. */
package io.stillstream.trainer.replica.manifest;
