/** The operations that move pixels, and their steps in a recipe: functions from frame to frame. */
package io.stillstream.augmenter.operation.geometric;
