// The hyphens are escaped: as it is, this file would be taken for the test file itself.
rule Test_File
{
  meta:
    family = "EICAR-Test-File"
    confidence = 100

  strings:
    $text = "EICAR\x2dSTANDARD\x2dANTIVIRUS\x2dTEST\x2dFILE"

  condition:
    $text
}

rule PowerShell_Downloader
{
  meta:
    family = "Downloader"
    confidence = 80

  strings:
    $fetch = /iwr\s+https?:\/\// nocase
    $run = /\|\s*iex\b/ nocase

  condition:
    all of them
}
