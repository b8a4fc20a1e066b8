/**
 * Reading the settings of a policy: typed values with their ranges, the canonical form of what was
 * read, and the documentation of every setting.
 */
package io.stillstream.augmenter.settings;
