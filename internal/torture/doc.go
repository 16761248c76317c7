// Command torture puts the program, as it is built, under strain for as long as
// it is told, and says whether it held: campaign by campaign, each in a data
// folder of its own.
//
//	go run ./torture -minutes 1 [-run REGEXP] [-list]
//
// A campaign that finds nothing proves little unless it could have. So each has
// mutants, programs without one defence, built with a source file replaced, and
// has to find every one of them broken.
//
// A siege compares good clients with and without an attack. The other campaigns
// keep a ledger of what clients were told, and end the program in any way.
package main
