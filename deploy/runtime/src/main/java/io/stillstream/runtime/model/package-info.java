/**
 * Model directories, their description files, and how pixels are scaled for a model; IDX files.
 * Depends on no tensor library.
 */
package io.stillstream.runtime.model;
