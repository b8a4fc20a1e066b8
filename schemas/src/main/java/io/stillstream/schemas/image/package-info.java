/**
 * Image files and pixels: headers read in Java before anything is decoded, decoding, resizing and
 * the encodings inside of records. The only package of this module that uses OpenCV.
 */
package io.stillstream.schemas.image;
