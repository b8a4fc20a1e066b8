/**
 * Sends labels that come after their images to {@code labels}: one, or those of a CSV file. Depends
 * on no service.
 */
package io.stillstream.local.label;
