/** The images that are sent, valid ones and invalid ones, and their ids. */
package io.stillstream.bench.load.image;
