// The test file that every scanner agrees on. Its text is escaped: as it is, this file would be detected itself. One pattern is
// found in a fraction of the time that two take.
rule EICAR_Test_File : test
{
  meta:
    description = "The EICAR standard anti-virus test file, anywhere in an artifact"
    family = "EICAR-Test-File"
    confidence = 100

  strings:
    $text = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR\x2dSTANDARD\x2dANTIVIRUS\x2dTEST\x2dFILE!$H+H*"

  condition:
    $text
}
