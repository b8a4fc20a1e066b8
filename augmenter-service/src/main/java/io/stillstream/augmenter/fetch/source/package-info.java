/** Reads objects below the prefixes that the settings allow: files, http, https and s3. */
package io.stillstream.augmenter.fetch.source;
