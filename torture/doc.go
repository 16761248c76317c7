// Command torture puts the program, as it is built, under strain for as long as
// it is told, and says whether it held: campaign by campaign, each in a data
// folder of its own.
//
//	go run ./torture -minutes 1 [-run REGEXP] [-list]
//
// A campaign that finds nothing proves little unless it could have. So each has
// mutants, programs without one defence, built with a source file replaced, and
// has to find every one of them broken.
package main
