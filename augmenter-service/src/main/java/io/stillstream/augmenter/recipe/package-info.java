/**
 * What was drawn for one view: the steps and the mix, enough to make the view again. Depends on
 * neither policies nor operations.
 */
package io.stillstream.augmenter.recipe;
