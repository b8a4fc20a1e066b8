/** Makes recorded views again from their images and recipes, and compares. */
package io.stillstream.local.replay;
