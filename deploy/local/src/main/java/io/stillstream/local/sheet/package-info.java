/** Contact sheets: views and captions drawn into one picture. */
package io.stillstream.local.sheet;
